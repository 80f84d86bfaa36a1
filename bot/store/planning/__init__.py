"""From eligible customers to planned deliveries, in SQL, with a verdict for every candidate."""
