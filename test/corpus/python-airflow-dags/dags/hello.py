from airflow.decorators import dag
