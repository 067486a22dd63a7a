import os

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.urls import path


def home(request):
    return HttpResponse("static: " + " ".join(os.listdir(settings.STATIC_ROOT)))


def keep(request):
    return HttpResponse("kept " + default_storage.save("photo.txt", ContentFile("a photo")))


urlpatterns = [path("", home), path("keep", keep)]
