"""From flow log records to a report: who, where to, how much, what it cost, what would avoid it."""
