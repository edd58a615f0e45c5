#!/usr/bin/env bash
# deploy/kubernetes/monitoring/prometheusrule.yaml, made from deploy/prometheus/rules.yml: run it when the rules have changed. A test holds the two together.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
{
  echo "# Made by scripts/prometheus-rule.sh from deploy/prometheus/rules.yml."
  printf '%s\n' "apiVersion: monitoring.coreos.com/v1" "kind: PrometheusRule" "metadata:" "  name: tenantry" "  labels: {app.kubernetes.io/part-of: tenantry}" "spec:"
  sed -e '/^#/d' -e 's/^./  &/' deploy/prometheus/rules.yml
} >deploy/kubernetes/monitoring/prometheusrule.yaml
