<?php
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
session_write_close();
echo "session ", is_file(session_save_path() . '/sess_' . session_id()) ? 'kept' : 'lost';
