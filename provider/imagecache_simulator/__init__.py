"""A local cloud with the wire contract of Alibaba Cloud's image caches and the network that they need."""
