"""From a due delivery to its outcome: the claim, each channel's ledger, and what WeChat's answers change."""
