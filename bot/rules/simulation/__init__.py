"""What a rehearsal plays, adds up, warns of and tells."""
