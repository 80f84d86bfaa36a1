"""What customers say and are told: words recognised, sentences said."""
