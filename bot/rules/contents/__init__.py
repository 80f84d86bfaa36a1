"""What can be sent: its forms, limits, labels, templates, and how it is rendered."""
