"""The demo: one recording on one machine, from the spike to the report, watched as it happens."""
