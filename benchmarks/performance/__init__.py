"""`make bench`: this provider against pulumi-alicloud's own, Pulumi's dynamic host and one that does nothing.

All on the real engine and on the simulator, on one machine and in one run. `__main__` runs it.
"""
