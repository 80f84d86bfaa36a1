"""The rhythm: how far apart, when, which content, by what right, and every reason why not."""
