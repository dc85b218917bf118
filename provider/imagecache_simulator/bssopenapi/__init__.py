"""What kind of account this is (BssOpenApi 2017-12-14), which the alicloud plugin asks when it starts."""
