<?php function greet(): string { return "greeting by composer"; }
