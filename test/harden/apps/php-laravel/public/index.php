<?php
$root = dirname(__DIR__);
file_put_contents("$root/storage/logs/laravel.log", "asked\n", FILE_APPEND);
file_put_contents("$root/storage/framework/views/page.php", '<?php echo "compiled page";');
file_put_contents("$root/bootstrap/cache/services.php", '<?php return [];');
require "$root/storage/framework/views/page.php";
