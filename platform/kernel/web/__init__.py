"""What every page needs: template tags, paging, htmx answers, error pages, headers, style and scripts."""
