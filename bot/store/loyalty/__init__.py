"""What customers get for being customers: points, levels, vouchers, offers."""
