"""MongoDB, as the batch jobs read and write it."""
