"""`make bench`: Tenantry measured against what a user would pick instead, and against its limits. See ../README.md."""
