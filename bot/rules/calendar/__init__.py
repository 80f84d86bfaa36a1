"""Days: working days, festivals, the lunar calendar."""
