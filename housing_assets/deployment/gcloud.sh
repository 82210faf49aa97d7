#!/usr/bin/env bash
# What the gcp profile needs in Google Cloud: two buckets, service accounts that may do what they do and nothing else,
# workload identity for GitHub and for Kubernetes (there is no key), and a registry of images. May be run again.
#
#   gcloud.sh PROJECT BUCKET REGION OWNER/REPOSITORY
set -euo pipefail
[ "$#" -eq 4 ] || { echo "gcloud.sh PROJECT BUCKET REGION OWNER/REPOSITORY" >&2; exit 2; }
project=$1 bucket=$2 region=$3 repository=$4
artifacts=$bucket-mlflow

# Each says what needs it; housing doctor tries those of the pipeline one by one.
may_run=storage.buckets.get                  # Dagster looks whether the bucket of the logs is there
may_run+=,storage.objects.create             # values of the store, the ledger, logs of runs
may_run+=,storage.objects.get                # every read of the store, and the raw file
may_run+=,storage.objects.list               # the inbox, the history of an asset, the ledger
may_run+=,storage.objects.delete             # replacing what an asset is now, emptying the inbox, housing gc
may_serve=storage.objects.get                # the model, and the ledger that names it
may_serve+=,storage.objects.list             # the ledger
may_serve+=,storage.objects.create           # the log of answers
may_serve+=,storage.objects.delete           # replacing a day of that log, and forgetting old days

g() { gcloud --project "$project" --quiet "$@"; }
there() { g "$@" >/dev/null 2>&1; }

make_bucket() {
  there storage buckets describe "gs://$1" || g storage buckets create "gs://$1" --location "$region" \
    --uniform-bucket-level-access --public-access-prevention
  g storage buckets update "gs://$1" --soft-delete-duration 30d   # what is deleted by mistake can be restored
}

make_role() {
  if there iam roles describe "$1"; then
    g iam roles update "$1" --permissions "$2"
  else
    g iam roles create "$1" --permissions "$2" --stage GA
  fi
}

account() { echo "$1@$project.iam.gserviceaccount.com"; }

make_account() {
  there iam service-accounts describe "$(account "$1")" || g iam service-accounts create "$1"
}

grant() { # ACCOUNT ROLE BUCKET
  g storage buckets add-iam-policy-binding "gs://$3" --member "serviceAccount:$(account "$1")" --role "$2"
}

from_kubernetes() { # ACCOUNT: pods of the Kubernetes service account of the same name are it
  g iam service-accounts add-iam-policy-binding "$(account "$1")" --role roles/iam.workloadIdentityUser \
    --member "serviceAccount:$project.svc.id.goog[housing/$1]"
}

from_github() { # ACCOUNT ENVIRONMENT: jobs of the repository that wait for this environment are it
  g iam service-accounts add-iam-policy-binding "$(account "$1")" --role roles/iam.workloadIdentityUser \
    --member "principal://iam.googleapis.com/$pool/subject/repo:$repository:environment:$2"
}

g services enable storage.googleapis.com iam.googleapis.com iamcredentials.googleapis.com sts.googleapis.com \
  artifactregistry.googleapis.com

make_bucket "$bucket"
make_bucket "$artifacts"
make_role housingRun "$may_run"
make_role housingServe "$may_serve"
for name in housing-pipeline housing-release housing-api housing-mlflow housing-images; do
  make_account "$name"
done
grant housing-pipeline "projects/$project/roles/housingRun" "$bucket"
grant housing-release "projects/$project/roles/housingRun" "$bucket"       # the ledger, and what serving reads
grant housing-api "projects/$project/roles/housingServe" "$bucket"
grant housing-mlflow "projects/$project/roles/housingRun" "$artifacts"     # alone: its clients go through it

there artifacts repositories describe housing --location "$region" ||
  g artifacts repositories create housing --location "$region" --repository-format docker
g artifacts repositories add-iam-policy-binding housing --location "$region" \
  --member "serviceAccount:$(account housing-images)" --role roles/artifactregistry.writer

number=$(g projects describe "$project" --format 'value(projectNumber)')
pool=projects/$number/locations/global/workloadIdentityPools/github
there iam workload-identity-pools describe github --location global ||
  g iam workload-identity-pools create github --location global
there iam workload-identity-pools providers describe github --location global --workload-identity-pool github ||
  g iam workload-identity-pools providers create-oidc github --location global --workload-identity-pool github \
    --issuer-uri https://token.actions.githubusercontent.com \
    --attribute-mapping 'google.subject=assertion.sub,attribute.repository=assertion.repository' \
    --attribute-condition "assertion.repository == '$repository' && assertion.ref == 'refs/heads/main'"
from_github housing-pipeline pipeline
from_github housing-pipeline monitor
from_github housing-release production
from_github housing-images images
from_kubernetes housing-pipeline
from_kubernetes housing-api
from_kubernetes housing-mlflow

echo "Variables of the repository:"
echo "  WORKLOAD_IDENTITY_PROVIDER=$pool/providers/github"
echo "  PIPELINE_SERVICE_ACCOUNT=$(account housing-pipeline)   MONITOR_SERVICE_ACCOUNT=$(account housing-pipeline)"
echo "  RELEASE_SERVICE_ACCOUNT=$(account housing-release)   IMAGES_SERVICE_ACCOUNT=$(account housing-images)"
echo "  GOOGLE_CLOUD_PROJECT=$project   GCS_BUCKET_NAME=$bucket"
echo "  IMAGE_HOST=$region-docker.pkg.dev   IMAGE_PATH=$project/housing"
