"""What is published: newsletters, articles, issues and their approval."""
