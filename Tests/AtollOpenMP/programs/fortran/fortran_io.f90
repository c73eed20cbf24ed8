! SPDX-License-Identifier: Apache-2.0
! suite: unordered
! Units opened before a region and in it, written and read by all threads; the default unit too.
program fortran_io
  use omp_lib
  implicit none
  integer :: i, value, total, unit_number, status
  character(len=40) :: line
  character(len=60) :: name

  write (name, '(a,i0)') '/tmp/atoll-suite-fortran-', getpid()
  open (newunit=unit_number, file=name, status='replace', action='readwrite')
  !$omp parallel do
  do i = 1, 100
    !$omp critical
    write (unit_number, '(i5)') i
    !$omp end critical
  end do
  rewind (unit_number)
  total = 0
  !$omp parallel private(value, status) reduction(+:total)
  do
    !$omp critical
    read (unit_number, *, iostat=status) value
    !$omp end critical
    if (status /= 0) exit
    total = total + value
  end do
  !$omp end parallel
  close (unit_number, status='delete')
#ifdef BROKEN
  total = total + 1
#endif
  if (total /= 5050) error stop 1
  !$omp parallel private(line)
  write (line, '(a,i0)') 'thread ', omp_get_thread_num()
  if (line(1:7) /= 'thread ') error stop 2
  !$omp critical
  print '(a)', trim(line)
  !$omp end critical
  !$omp end parallel
  !$omp parallel private(unit_number, value)
  open (newunit=unit_number, status='scratch', form='unformatted')
  write (unit_number) omp_get_thread_num()
  rewind (unit_number)
  read (unit_number) value
  if (value /= omp_get_thread_num()) error stop 3
  close (unit_number)
  !$omp end parallel
  print '(a)', 'right'
end program
