# ${title}
%{ for n in names ~}
- ${n}
%{ endfor ~}
end
