"""Facts of customers, and two customers who are one."""
