"""An inbox of workbooks → each checked once under the law, marked, and put back; whatever happens meanwhile."""
