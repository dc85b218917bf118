"""What goes wrong because a test wants it to: in calls, reads, pulls and builds."""
