"""What has to work before there is an environment: run by any Python 3.11, on the standard library alone."""
