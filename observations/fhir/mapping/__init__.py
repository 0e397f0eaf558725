"""Between FHIR's words and the house's, without a database."""
