from django.urls import path

from notes.views import add, count, upload

urlpatterns = [path("", count), path("add/<str:text>", add), path("upload/<str:name>", upload)]
