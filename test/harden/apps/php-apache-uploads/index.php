<?php
$name = basename($_GET['name'] ?? 'none');
file_put_contents(__DIR__ . '/uploads/' . $name, 'kept');
echo file_get_contents(__DIR__ . '/uploads/' . $name), ' ', $name;
