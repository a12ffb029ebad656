"""Read-only selects for lists, forms and dashboards: a constant number of statements each, however much there is."""
