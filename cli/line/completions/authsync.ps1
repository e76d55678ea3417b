# PowerShell completion for authsync. To load it in every shell, in $PROFILE:
#   authsync completion powershell | Out-String | Invoke-Expression
# What there is to complete says authsync itself: its __complete prints a line
# for each, the value, a tab and what it is, and at the end what else fits.

Register-ArgumentCompleter -Native -CommandName 'authsync', 'authsync.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $before = @()
    $current = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        $text = $element.Extent.Text
        if ($element.Extent.EndOffset -lt $cursorPosition) {
            $before += $text.Trim("'", '"')
        } elseif ($element.Extent.StartOffset -lt $cursorPosition) {
            $current = $text.Substring(0, $cursorPosition - $element.Extent.StartOffset).TrimStart("'", '"')
        }
    }
    $program = $commandAst.CommandElements[0].Extent.Text.Trim("'", '"')
    $lines = @(& $program __complete @before ":$current" 2>$null)
    if ($lines.Count -eq 0) { return }

    $how, $prefix = $lines[-1].Split(' ', 2)
    $results = @(
        $lines | Select-Object -SkipLast 1 | ForEach-Object {
            $value, $about = $_.Split("`t", 2)
            if (-not $about) { $about = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
        }
        if ($how -eq ':files' -or $how -eq ':directories') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($current.Substring($prefix.Length)) |
                Where-Object { $how -eq ':files' -or $_.ResultType -eq 'ProviderContainer' } |
                ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new("$prefix$($_.CompletionText)", $_.ListItemText, $_.ResultType, $_.ToolTip)
                }
        }
    )
    # An empty answer would make PowerShell offer files where none belong.
    if ($results.Count -eq 0) { return '' }
    $results
}
