import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Python programs that write. */
export const python: readonly Family[] = [
  {
    name: 'Jupyter',
    when: {
      programs: /^(?:jupyter|jupyter-lab|jupyter-notebook|jupyterhub|start-notebook\.(?:sh|py)|ipython)$/,
    },
    accounts: ['jovyan'],
    home: text`settings and kernels`,
  },
  // Since 25.1 in ~/.gunicorn, else it logs an error (gunicorn/config.py, _get_default_control_socket).
  { name: 'Gunicorn', when: { programs: /^gunicorn$/ }, home: text`its control socket` },
  { name: 'Streamlit', when: { programs: /^streamlit$/ }, home: text`settings` },
  {
    name: 'Celery beat',
    when: { command: /\bcelery\b(?!.*(?:-s|--schedule|scheduler)[ =]).*\s(?:beat|-B)\b/ },
    writes: [{ path: '.', kind: 'directory', what: text`its schedule (celerybeat-schedule)` }],
  },
  {
    name: 'Model libraries',
    when: {
      manifest: {
        name: /^(?:requirements[\w.-]*\.txt|pyproject\.toml|environment\.ya?ml)$/,
        holds:
          /^\s*["'-]*\s*(?:transformers|diffusers|sentence[-_]transformers|huggingface[-_]hub|datasets|vllm|openai-whisper|faster-whisper|torchvision|torch-hub|spacy|nltk|tensorflow[-_]hub|keras)\b/m,
      },
    },
    home: text`models that they download`,
  },
  {
    name: 'Airflow',
    when: { programs: /^airflow$/ },
    accounts: ['airflow'],
    home: text`logs and settings`,
  },
  {
    name: 'MLflow',
    when: { programs: /^mlflow$/ },
    writes: [{ path: '.', kind: 'directory', what: text`runs` }],
  },
  {
    name: 'Scrapyd',
    when: { programs: /^scrapyd$/ },
    writes: [{ path: '.', kind: 'directory', what: text`projects and logs` }],
  },
]
