"""The law as data: dated parameters, enumerations and the working-day calendar."""
