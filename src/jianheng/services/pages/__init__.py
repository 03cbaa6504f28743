"""The design system: layout, forms from declarations, refusals as pages."""
