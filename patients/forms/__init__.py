"""What people type: checked here in shape, by the actions in substance."""
