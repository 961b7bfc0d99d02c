{{- define "slurm-token.labels" -}}
app.kubernetes.io/name: slurm-token
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "slurm-token.scheme" -}}
{{ ternary "https" "http" .Values.tls.enabled }}
{{- end }}
{{- define "slurm-token.address" -}}
{{ if contains ":" .Values.bindAddress }}[{{ .Values.bindAddress }}]{{ else }}{{ .Values.bindAddress }}{{ end }}
{{- end }}
{{- define "slurm-token.config" -}}
{{- $settings := merge (dict
  "clusters" .Values.clusters
  "service_name" .Values.hub.serviceName
  "api_url" .Values.hub.apiUrl
  "prefix" (printf "/services/%s/" .Values.hub.serviceName)
  "bind_url" (printf "%s://%s:8182" (include "slurm-token.scheme" .) (include "slurm-token.address" .))
  ) .Values.settings }}
{{- if .Values.hub.tokenSecret.name }}{{ $_ := set $settings "api_token_file" "/etc/slurm-token/hub/token" }}{{ end }}
{{- if .Values.hub.caSecret }}{{ $_ := set $settings "hub_ca" "/etc/slurm-token/hub-ca/ca.crt" }}{{ end }}
{{- if .Values.tls.enabled }}
{{- $_ := set $settings "tls_cert" "/etc/slurm-token/tls/tls.crt" }}
{{- $_ := set $settings "tls_key" "/etc/slurm-token/tls/tls.key" }}
{{- if .Values.tls.clientCaSecret }}{{ $_ := set $settings "tls_client_ca" "/etc/slurm-token/client-ca/ca.crt" }}{{ end }}
{{- end }}
{{- dict "SlurmTokenService" $settings | toPrettyJson }}
{{- end }}
