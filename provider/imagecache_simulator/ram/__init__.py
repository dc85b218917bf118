"""Rights (RAM): users of the account, the policies that say what they may do, and what a call needs."""
