"""What clinicians type at their desk: checked here in shape, by the actions in substance."""
