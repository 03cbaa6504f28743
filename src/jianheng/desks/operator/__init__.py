"""For whoever keeps the platform running: is it healthy, what do its figures say, what is wrong and what to do."""
