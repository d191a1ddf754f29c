"""What the batch jobs did: their runs, and how each job stands."""
