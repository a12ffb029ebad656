"""Configuration: the settings, the policies and the organizations."""
