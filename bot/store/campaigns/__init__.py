"""What operators write and approve: campaigns, contents with their files, festivals, the working calendar."""
