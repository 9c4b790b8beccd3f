// Documents that carry something to run. Own rules; structure is judged before (pdf.py, office.py).

rule pdf_hides_the_name_of_an_action
{
    strings:
        // /JavaScript, /Launch and /EmbeddedFile with letters written as #xx.
        $js = /\/(#4[aA]|J)(#61|a)(#76|v)(#61|a)(#53|S)(#63|c)(#72|r)(#69|i)(#70|p)(#74|t)/
        $plain_js = "/JavaScript"
        $launch = /\/(#4[cC]|L)(#61|a)(#75|u)(#6[eE]|n)(#63|c)(#68|h)[^a-zA-Z]/
        $plain_launch = "/Launch"
    condition:
        uint32(0) == 0x46445025 and (#js > #plain_js or #launch > #plain_launch)
}

rule page_that_builds_a_download
{
    strings:
        $blob = /new\s+Blob\s*\(\s*\[/
        $address = "createObjectURL"
        $click = /\.(click|download)\b/
        $old = "msSaveOrOpenBlob"
        $decode = /atob\s*\(/
    condition:
        ($blob and $address and $click and $decode) or ($old and $decode)
}

rule script_in_a_drawing
{
    strings:
        $svg = /<svg[\s>]/ nocase
        $script = /<script[\s>]/ nocase
        $handler = /\son(load|error|click|mouseover|begin)\s*=\s*["']/ nocase
    condition:
        $svg and ($script or $handler)
}
