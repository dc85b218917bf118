"""VPCs, vSwitches and elastic IP addresses (Vpc 2016-04-28)."""
