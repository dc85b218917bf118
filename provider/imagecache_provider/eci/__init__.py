"""Alibaba Cloud Elastic Container Instance (ECI), product `Eci`, version `2018-08-08`."""
