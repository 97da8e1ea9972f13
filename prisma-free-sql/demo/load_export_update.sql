update "bazaar-vid_exports" set download_count = download_count + 1, last_downloaded_at = now() where render_id = $1
