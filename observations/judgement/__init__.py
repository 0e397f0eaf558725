"""What readings mean under the plan in force: latest vitals, scores, findings, standings."""
