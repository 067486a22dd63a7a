FROM ubuntu:22.04
RUN yes | unminimize \
    && apt-get update && apt-get install -yq git sudo zsh \
    && rm -rf /var/lib/apt/lists/*
RUN useradd -l -u 33333 -G sudo -md /home/gitpod -s /bin/bash -p gitpod gitpod \
    && sed -i.bkp -e 's/%sudo\s\+ALL=(ALL\(:ALL\)\?)\s\+ALL/%sudo ALL=NOPASSWD:ALL/g' /etc/sudoers
ENV HOME=/home/gitpod
WORKDIR $HOME
USER gitpod
RUN sudo echo "running as $(id -un) with sudo"
