"""The private chat: messages, what is answered from, what is remembered between two of them, and the people who take over."""
