"""The ways to reach a customer, as campaigns name them and deliveries keep them."""

REPLY_WINDOW = "reply_window"
MASS = "mass"
NOTICE = "subscription_notice"
TEMPLATE = "template_message"
NEXT_CONTACT = "next_contact"  # no call of its own: kept until they write

CHANNELS = (REPLY_WINDOW, MASS, NOTICE, TEMPLATE, NEXT_CONTACT)
