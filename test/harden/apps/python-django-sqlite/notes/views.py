from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from notes.models import Note


def count(request):
    return HttpResponse(f"{Note.objects.count()} notes")


def add(request, text):
    Note.objects.create(text=text)
    return HttpResponse("noted")


@csrf_exempt
def upload(request, name):
    return HttpResponse("kept " + default_storage.save(name, ContentFile(request.body)))
