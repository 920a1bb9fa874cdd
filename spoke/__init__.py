"""What is placed in one member account and region: alarms, a forwarding rule and roles. No Lambda code."""
